# Every library the project uses, as an imported target, on Debian 12 and 13 alike.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
# Its config file has no version file on either release: a version here would make it fail.
find_package(prometheus-cpp REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(ldns REQUIRED IMPORTED_TARGET ldns)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)

# The allocator of the program: what one thread allocates another frees, and coroutine frames are of
# all sizes; glibc's needs a quarter more of all CPU for that. Sanitizers bring their own.
add_library(allocator INTERFACE IMPORTED)
if(NOT DNSZONE_SANITIZE AND NOT DNSZONE_FUZZ)
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
  # Nothing refers to it by name, and still it is needed.
  target_link_libraries(allocator INTERFACE -Wl,--push-state,--no-as-needed PkgConfig::jemalloc
    -Wl,--pop-state)
endif()

find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(asio INTERFACE IMPORTED)
target_include_directories(asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_link_libraries(asio INTERFACE Threads::Threads)
target_compile_definitions(asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Asio 1.22 looks for <experimental/coroutine> under clang unless told that C++20's is there.
  target_compile_definitions(asio INTERFACE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
endif()
if(DNSZONE_SANITIZE MATCHES thread)
  # ThreadSanitizer does not know fences; Asio's queues are guarded by mutexes besides.
  target_compile_definitions(asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()

# Debian 12 has yaml-cpp 0.7 (target yaml-cpp), Debian 13 has 0.8 (target yaml-cpp::yaml-cpp).
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()

if(DNSZONE_TESTS)
  # Catch2 2.13 (Debian 12) or 3 (Debian 13); tests/catch.hpp and tests/catch_main.cpp hide which.
  find_package(Catch2 REQUIRED)
endif()
if(DNSZONE_BENCH)
  find_package(benchmark REQUIRED)
endif()
