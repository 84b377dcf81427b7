# dnszone_options carries what every target of the project is compiled with.
add_library(dnszone_options INTERFACE)
target_include_directories(dnszone_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(dnszone_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-qual -Wformat=2 -Wundef)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # With -O2 g++ 12 warns inside std::string (its bug 105651, mended in 13).
  target_compile_options(dnszone_options INTERFACE -Wno-restrict)
endif()
if(DNSZONE_WERROR)
  target_compile_options(dnszone_options INTERFACE -Werror)
endif()
if(DNSZONE_SANITIZE)
  target_compile_options(dnszone_options INTERFACE -fsanitize=${DNSZONE_SANITIZE}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(dnszone_options INTERFACE -fsanitize=${DNSZONE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND DNSZONE_SANITIZE MATCHES undefined)
    # clang 14 cannot compile coroutines with it ("cannot represent a difference across sections").
    target_compile_options(dnszone_options INTERFACE -fno-sanitize=function)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 takes the value of an empty std::optional for read when it instruments the code.
    target_compile_options(dnszone_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# room(NAME SOURCES...) adds one room of the house as a static library. Which rooms may include which
# is checked by tests/lint/run.py.
function(room name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC dnszone_options)
endfunction()
