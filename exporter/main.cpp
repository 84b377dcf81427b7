// dnszone_exporter: see exporter/cli.hpp.
#include <iostream>

#include "exporter/cli.hpp"

int main(int argc, char** argv) {
  return exporter::run_command_line(argc, argv, std::cout, std::cerr);
}
