#define _GNU_SOURCE
#include "CLinuxSocket.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
// After <time.h>: it takes struct timespec as given.
#include <linux/errqueue.h>

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

union control {
  struct cmsghdr header;
  uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
               CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6))];
};

static void set_v6(struct in6_addr *to, const struct crimp_internet_address *from) {
  uint64_t halves[2] = {htobe64(from->high), htobe64(from->low)};
  memcpy(to, halves, sizeof halves);
}

static struct crimp_internet_address from_v4(struct in_addr address, in_port_t port) {
  return (struct crimp_internet_address){
      .low = ntohl(address.s_addr), .port = ntohs(port), .family = 4};
}

static struct crimp_internet_address from_v6(const struct in6_addr *address, in_port_t port,
                                             uint32_t scope) {
  uint64_t halves[2];
  memcpy(halves, address, sizeof halves);
  return (struct crimp_internet_address){.high = be64toh(halves[0]),
                                         .low = be64toh(halves[1]),
                                         .scope = scope,
                                         .port = ntohs(port),
                                         .family = 6};
}

static socklen_t to_address(union address *to, const struct crimp_internet_address *from) {
  memset(to, 0, sizeof *to);
  if (from->family == 4) {
    to->v4.sin_family = AF_INET;
    to->v4.sin_port = htons(from->port);
    to->v4.sin_addr.s_addr = htonl((uint32_t)from->low);
    return sizeof to->v4;
  }
  if (from->family != 6) return 0;
  to->v6.sin6_family = AF_INET6;
  to->v6.sin6_port = htons(from->port);
  to->v6.sin6_scope_id = from->scope;
  set_v6(&to->v6.sin6_addr, from);
  return sizeof to->v6;
}

// The control messages of the error queue are not aligned for it, so an address is copied first.
static struct crimp_internet_address from_address(const void *bytes, size_t length) {
  union address address = {.any.sa_family = AF_UNSPEC};
  memcpy(&address, bytes, length < sizeof address ? length : sizeof address);
  if (address.any.sa_family == AF_INET && length >= sizeof address.v4)
    return from_v4(address.v4.sin_addr, address.v4.sin_port);
  if (address.any.sa_family == AF_INET6 && length >= sizeof address.v6)
    return from_v6(&address.v6.sin6_addr, address.v6.sin6_port, address.v6.sin6_scope_id);
  return (struct crimp_internet_address){.family = 0};
}

int crimp_datagram_socket(uint8_t family) {
  int descriptor =
      socket(family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || family != 6) return descriptor;
  // IPv4 has a socket of its own: mapped addresses would make two names for one host.
  int on = 1;
  setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  return descriptor;
}

int crimp_datagram_report_failures(int descriptor, uint8_t family) {
  int on = 1;
  return family == 6 ? setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on)
                     : setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
}

int crimp_datagram_tell_local_address(int descriptor, uint8_t family) {
  int on = 1;
  return family == 6 ? setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on)
                     : setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

int crimp_internet_bind(int descriptor, const struct crimp_internet_address *address) {
  union address to;
  socklen_t length = to_address(&to, address);
  return bind(descriptor, &to.any, length);
}

int crimp_internet_connect(int descriptor, const struct crimp_internet_address *address) {
  union address to;
  socklen_t length = to_address(&to, address);
  return connect(descriptor, &to.any, length);
}

int crimp_internet_name(int descriptor, struct crimp_internet_address *address) {
  union address name;
  socklen_t length = sizeof name;
  if (getsockname(descriptor, &name.any, &length) < 0) return -1;
  *address = from_address(&name, length);
  return 0;
}

static void gather(struct msghdr *message, unsigned int length, size_t room,
                   struct crimp_datagram *datagram) {
  memset(datagram, 0, sizeof *datagram);
  datagram->peer = from_address(message->msg_name, message->msg_namelen);
  datagram->original_length = length;
  datagram->length = length < room ? length : (uint32_t)room;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
    if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo information;
      memcpy(&information, CMSG_DATA(each), sizeof information);
      datagram->local = from_v4(information.ipi_addr, 0);
      datagram->interface_index = information.ipi_ifindex;
    } else if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo information;
      memcpy(&information, CMSG_DATA(each), sizeof information);
      datagram->local = from_v6(&information.ipi6_addr, 0, 0);
      datagram->interface_index = (int32_t)information.ipi6_ifindex;
    }
  }
}

int crimp_datagram_receive(int descriptor, uint8_t *buffer, size_t stride, unsigned int count,
                           struct crimp_datagram *datagrams) {
  struct mmsghdr messages[CRIMP_DATAGRAM_BATCH];
  struct iovec pieces[CRIMP_DATAGRAM_BATCH];
  union address addresses[CRIMP_DATAGRAM_BATCH];
  union control controls[CRIMP_DATAGRAM_BATCH];
  if (count > CRIMP_DATAGRAM_BATCH) count = CRIMP_DATAGRAM_BATCH;
  for (unsigned int n = 0; n < count; n++) {
    pieces[n] = (struct iovec){buffer + n * stride, stride};
    messages[n].msg_hdr = (struct msghdr){.msg_name = &addresses[n],
                                          .msg_namelen = sizeof addresses[n],
                                          .msg_iov = &pieces[n],
                                          .msg_iovlen = 1,
                                          .msg_control = &controls[n],
                                          .msg_controllen = sizeof controls[n]};
  }
  int received = recvmmsg(descriptor, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  for (int n = 0; n < received; n++)
    gather(&messages[n].msg_hdr, messages[n].msg_len, stride, &datagrams[n]);
  return received;
}

// Names the address that the datagram leaves from.
static size_t tell_source(union control *control, const struct crimp_internet_address *local) {
  memset(control, 0, sizeof *control);
  if (local->family == 4) {
    struct in_pktinfo information = {.ipi_spec_dst.s_addr = htonl((uint32_t)local->low)};
    control->header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof information),
                                       .cmsg_level = IPPROTO_IP,
                                       .cmsg_type = IP_PKTINFO};
    memcpy(CMSG_DATA(&control->header), &information, sizeof information);
    return CMSG_SPACE(sizeof information);
  }
  if (local->family != 6) return 0;
  struct in6_pktinfo information = {.ipi6_ifindex = local->scope};
  set_v6(&information.ipi6_addr, local);
  control->header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof information),
                                     .cmsg_level = IPPROTO_IPV6,
                                     .cmsg_type = IPV6_PKTINFO};
  memcpy(CMSG_DATA(&control->header), &information, sizeof information);
  return CMSG_SPACE(sizeof information);
}

int crimp_datagram_send(int descriptor, const uint8_t *bytes,
                        const struct crimp_datagram *datagrams, unsigned int count) {
  struct mmsghdr messages[CRIMP_DATAGRAM_BATCH];
  struct iovec pieces[CRIMP_DATAGRAM_BATCH];
  union address addresses[CRIMP_DATAGRAM_BATCH];
  union control controls[CRIMP_DATAGRAM_BATCH];
  if (count > CRIMP_DATAGRAM_BATCH) count = CRIMP_DATAGRAM_BATCH;
  for (unsigned int n = 0; n < count; n++) {
    const struct crimp_datagram *datagram = &datagrams[n];
    pieces[n] = (struct iovec){(void *)(bytes + datagram->offset), datagram->length};
    socklen_t name = to_address(&addresses[n], &datagram->peer);
    size_t control = tell_source(&controls[n], &datagram->local);
    messages[n].msg_hdr = (struct msghdr){.msg_name = name ? &addresses[n] : NULL,
                                          .msg_namelen = name,
                                          .msg_iov = &pieces[n],
                                          .msg_iovlen = 1,
                                          .msg_control = control ? &controls[n] : NULL,
                                          .msg_controllen = control};
  }
  return sendmmsg(descriptor, messages, count, MSG_DONTWAIT);
}

static void gather_failure(struct msghdr *message, struct crimp_delivery_failure *failure) {
  memset(failure, 0, sizeof *failure);
  failure->destination = from_address(message->msg_name, message->msg_namelen);
  for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
    int isFailure = (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_RECVERR) ||
                    (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_RECVERR);
    struct sock_extended_err error;
    if (!isFailure || each->cmsg_len < CMSG_LEN(sizeof error)) continue;
    memcpy(&error, CMSG_DATA(each), sizeof error);
    failure->error = error.ee_errno;
    failure->origin = error.ee_origin;
    failure->type = error.ee_type;
    failure->code = error.ee_code;
    failure->reporter = from_address(CMSG_DATA(each) + sizeof error,
                                     each->cmsg_len - CMSG_LEN(sizeof error));
  }
}

int crimp_delivery_failures(int descriptor, struct crimp_delivery_failure *failures,
                            unsigned int count) {
  struct mmsghdr messages[CRIMP_DATAGRAM_BATCH];
  union address addresses[CRIMP_DATAGRAM_BATCH];
  union control controls[CRIMP_DATAGRAM_BATCH];
  if (count > CRIMP_DATAGRAM_BATCH) count = CRIMP_DATAGRAM_BATCH;
  for (unsigned int n = 0; n < count; n++)
    messages[n].msg_hdr = (struct msghdr){.msg_name = &addresses[n],
                                          .msg_namelen = sizeof addresses[n],
                                          .msg_control = &controls[n],
                                          .msg_controllen = sizeof controls[n]};
  int received = recvmmsg(descriptor, messages, count, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
  for (int n = 0; n < received; n++) gather_failure(&messages[n].msg_hdr, &failures[n]);
  return received;
}

int crimp_resolve(const char *name, uint16_t port, uint8_t family,
                  struct crimp_internet_address *addresses, int capacity, int *system_error) {
  struct addrinfo hints = {
      .ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC,
      .ai_socktype = SOCK_DGRAM};
  struct addrinfo *list = NULL;
  int status = getaddrinfo(name, NULL, &hints, &list);
  if (status != 0) {
    *system_error = errno;
    return status;
  }
  int count = 0;
  for (struct addrinfo *each = list; each && count < capacity; each = each->ai_next) {
    struct crimp_internet_address address = from_address(each->ai_addr, each->ai_addrlen);
    if (address.family == 0) continue;
    address.port = port;
    addresses[count++] = address;
  }
  freeaddrinfo(list);
  return count;
}
