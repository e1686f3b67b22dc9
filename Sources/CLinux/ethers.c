#include "CLinuxEthers.h"

#include <netinet/ether.h>
#include <string.h>

int crimp_ethers_address(const char *name, uint8_t address[6]) {
  struct ether_addr found;
  if (ether_hostton(name, &found) != 0) return -1;
  memcpy(address, found.ether_addr_octet, sizeof found.ether_addr_octet);
  return 0;
}
