#ifndef CRIMP_CLINUX_SOCKET_H
#define CRIMP_CLINUX_SOCKET_H

// UDP sockets: what Swift cannot do itself: control messages (macros), recvmmsg and sendmmsg
// (behind _GNU_SOURCE), the error queue.

#include <stddef.h>
#include <stdint.h>

/// The most datagrams that one call of crimp_datagram_receive, _send or _failures takes.
#define CRIMP_DATAGRAM_BATCH 64

/// An address of IPv4 or IPv6 in host byte order. Family 4 has its 32 bits in `low`; 0 is no address.
struct crimp_internet_address {
  uint64_t high;
  uint64_t low;
  uint32_t scope;  ///< sin6_scope_id
  uint16_t port;
  uint8_t family;  ///< 4, 6, or 0 for none
};

/// A datagram in a buffer, received or to be sent.
struct crimp_datagram {
  struct crimp_internet_address peer;   ///< where it came from, or goes
  struct crimp_internet_address local;  ///< our own address that it names; port unused
  size_t offset;                        ///< where it begins in the buffer; for sending
  uint32_t length;                      ///< bytes in the buffer
  uint32_t original_length;             ///< bytes that it had
  int32_t interface_index;              ///< by which interface it came
};

/// Why a datagram did not reach its destination (struct sock_extended_err).
struct crimp_delivery_failure {
  struct crimp_internet_address destination;
  struct crimp_internet_address reporter;  ///< who said so; family 0 when unknown
  uint32_t error;                          ///< errno(3)
  uint8_t origin;                          ///< SO_EE_ORIGIN_
  uint8_t type;                            ///< ICMP's type
  uint8_t code;                            ///< ICMP's code
};

/// A socket of SOCK_DGRAM for family 4 or 6, non-blocking and closed on exec; -1 with errno set.
int crimp_datagram_socket(uint8_t family);

/// The options that a DatagramSocket turns on. Each returns 0, or -1 with errno set.
int crimp_datagram_report_failures(int descriptor, uint8_t family);
int crimp_datagram_tell_local_address(int descriptor, uint8_t family);

/// bind(2), connect(2) and getsockname(2) with an address of this kind.
int crimp_internet_bind(int descriptor, const struct crimp_internet_address *address);
int crimp_internet_connect(int descriptor, const struct crimp_internet_address *address);
int crimp_internet_name(int descriptor, struct crimp_internet_address *address);

/// Receives up to `count` datagrams without waiting; datagram n lies at `buffer + n * stride`.
/// Returns how many came, or -1 with errno set.
int crimp_datagram_receive(int descriptor, uint8_t *buffer, size_t stride, unsigned int count,
                           struct crimp_datagram *datagrams);

/// Sends `count` datagrams out of `bytes` without waiting. One whose peer has family 0 goes to the
/// connected peer; one whose local address has family 0 leaves from where the route says. Returns
/// how many the kernel took, or -1 with errno set when it refused the first.
int crimp_datagram_send(int descriptor, const uint8_t *bytes,
                        const struct crimp_datagram *datagrams, unsigned int count);

/// Takes up to `count` failures from the error queue. Returns how many, or -1 with errno set.
int crimp_delivery_failures(int descriptor, struct crimp_delivery_failure *failures,
                            unsigned int count);

/// getaddrinfo(3) for datagrams: at most `capacity` addresses with `port`. Waits. Returns how many,
/// or a negative EAI_ code; `system_error` gets errno when that is EAI_SYSTEM.
int crimp_resolve(const char *name, uint16_t port, uint8_t family,
                  struct crimp_internet_address *addresses, int capacity, int *system_error);

#endif
