#ifndef CRIMP_CLINUX_CONNECTION_H
#define CRIMP_CLINUX_CONNECTION_H

// TCP sockets that make one connection after another.

#include <stdint.h>

/// A socket of SOCK_STREAM for family 4 or 6, non-blocking and closed on exec, that keeps what ICMP says
/// (IP_RECVERR); -1 with errno set.
int crimp_connection_socket(uint8_t family);

/// Lets connect(2), not bind(2), choose the port (IP_BIND_ADDRESS_NO_PORT). Returns 0, or -1 with errno set.
int crimp_connection_bind_late(int descriptor);

/// Dissolves what connection there is, by a reset when it stands (connect(2) to AF_UNSPEC). Returns 0, or
/// -1 with errno set.
int crimp_connection_abandon(int descriptor);

/// Raises the limit of open descriptors to the hard limit. Returns what it is then.
uint64_t crimp_raise_descriptor_limit(void);

#endif
