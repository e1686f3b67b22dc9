// What ioctls tell of an interface (netdevice(7)): less than rtnetlink does, and sooner.
#ifndef CRIMP_CLINUX_INTERFACE_H
#define CRIMP_CLINUX_INTERFACE_H

#include <stdint.h>

/// An Ethernet interface in brief.
struct crimp_interface {
  int32_t index;
  int32_t mtu;
  /// IFF_ flags, the lower sixteen.
  uint32_t flags;
  /// ARPHRD_; addresses of other types than Ethernet's do not fit.
  uint16_t hardware_type;
  uint8_t hardware_address[6];
};

/// Describes the interface `name`. Returns 0, or the error number: ENODEV when there is none, or
/// when it is an alternative name of one.
int crimp_describe_interface(const char *name, struct crimp_interface *result);

/// The first IPv4 address of the interface, or of the alias (eth0:1), in host byte order. Returns
/// 0, or the error number: EADDRNOTAVAIL when there is none.
int crimp_interface_address(const char *name, uint32_t *address);

#endif
