// ethers(5) by way of the name service switch.
#ifndef CRIMP_CLINUX_ETHERS_H
#define CRIMP_CLINUX_ETHERS_H

#include <stdint.h>

/// The hardware address that the ethers database has for `name` (ether_hostton(3)). Returns 0, or -1
/// when it has none.
int crimp_ethers_address(const char *name, uint8_t address[6]);

#endif
