#define _GNU_SOURCE
#include "CLinuxStream.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
// After <netinet/in.h>: they share its constants.
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/sockios.h>
#include <linux/tcp.h>

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_un local;
};

static struct crimp_internet_address from_address(const union address *address, socklen_t length) {
  struct crimp_internet_address result = {.family = 0};
  if (length >= sizeof address->v4 && address->any.sa_family == AF_INET) {
    result.low = ntohl(address->v4.sin_addr.s_addr);
    result.port = ntohs(address->v4.sin_port);
    result.family = 4;
  } else if (length >= sizeof address->v6 && address->any.sa_family == AF_INET6) {
    uint64_t halves[2];
    memcpy(halves, &address->v6.sin6_addr, sizeof halves);
    result.high = be64toh(halves[0]);
    result.low = be64toh(halves[1]);
    result.scope = address->v6.sin6_scope_id;
    result.port = ntohs(address->v6.sin6_port);
    result.family = 6;
  }
  return result;
}

static socklen_t to_address(union address *to, const struct crimp_internet_address *from) {
  memset(to, 0, sizeof *to);
  if (from->family == 4) {
    to->v4.sin_family = AF_INET;
    to->v4.sin_addr.s_addr = htonl((uint32_t)from->low);
    to->v4.sin_port = htons(from->port);
    return sizeof to->v4;
  }
  uint64_t halves[2] = {htobe64(from->high), htobe64(from->low)};
  to->v6.sin6_family = AF_INET6;
  memcpy(&to->v6.sin6_addr, halves, sizeof halves);
  to->v6.sin6_scope_id = from->scope;
  to->v6.sin6_port = htons(from->port);
  return sizeof to->v6;
}

int crimp_stream_socket(uint8_t family) {
  int domain = family == 6 ? AF_INET6 : family == 4 ? AF_INET : AF_UNIX;
  return socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int crimp_stream_pair(int descriptors[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, descriptors);
}

int crimp_socket_family(int descriptor) {
  union address name;
  socklen_t length = sizeof name;
  if (getsockname(descriptor, &name.any, &length) < 0) return -1;
  switch (name.any.sa_family) {
    case AF_INET: return 4;
    case AF_INET6: return 6;
    case AF_UNIX: return 1;
    default: return 0;
  }
}

static socklen_t to_unix(struct sockaddr_un *to, const char *path, size_t length) {
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  // A path keeps room for its null byte; an abstract name may fill the whole field.
  size_t room = sizeof to->sun_path - (length > 0 && path[0] != 0);
  if (length > room) return 0;
  memcpy(to->sun_path, path, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (length > 0 && path[0] != 0));
}

int crimp_unix_bind(int descriptor, const char *path, size_t length) {
  struct sockaddr_un to;
  socklen_t size = to_unix(&to, path, length);
  if (size == 0) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return bind(descriptor, (struct sockaddr *)&to, size);
}

int crimp_unix_connect(int descriptor, const char *path, size_t length) {
  struct sockaddr_un to;
  socklen_t size = to_unix(&to, path, length);
  if (size == 0) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return connect(descriptor, (struct sockaddr *)&to, size);
}

ssize_t crimp_unix_name(int descriptor, int peer, char *path) {
  struct sockaddr_un name;
  socklen_t size = sizeof name;
  int status = peer ? getpeername(descriptor, (struct sockaddr *)&name, &size)
                    : getsockname(descriptor, (struct sockaddr *)&name, &size);
  if (status < 0) return -1;
  if (size <= offsetof(struct sockaddr_un, sun_path)) return 0;
  size_t length = size - offsetof(struct sockaddr_un, sun_path);
  if (length > sizeof name.sun_path) length = sizeof name.sun_path;
  if (name.sun_path[0] != 0) length = strnlen(name.sun_path, length);
  memcpy(path, name.sun_path, length);
  return (ssize_t)length;
}

int crimp_plain_socket(uint8_t family, int type, int protocol) {
  int domain = family == 6 ? AF_INET6 : family == 4 ? AF_INET : AF_UNIX;
  return socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

ssize_t crimp_message_receive(int descriptor, void *bytes, size_t capacity, int peek,
                              struct crimp_internet_address *sender, char *path,
                              size_t *path_length) {
  union address name;
  socklen_t size = sizeof name;
  int flags = MSG_DONTWAIT | (peek ? MSG_PEEK : 0);
  ssize_t count = recvfrom(descriptor, bytes, capacity, flags, &name.any, &size);
  *path_length = 0;
  sender->family = 0;
  if (count < 0 || size < sizeof name.any.sa_family) return count;
  if (name.any.sa_family != AF_UNIX) {
    *sender = from_address(&name, size);
    return count;
  }
  sender->family = 1;
  if (size <= offsetof(struct sockaddr_un, sun_path)) return count;
  size_t length = size - offsetof(struct sockaddr_un, sun_path);
  if (length > sizeof name.local.sun_path) length = sizeof name.local.sun_path;
  if (name.local.sun_path[0] != 0) length = strnlen(name.local.sun_path, length);
  memcpy(path, name.local.sun_path, length);
  *path_length = length;
  return count;
}

ssize_t crimp_message_send(int descriptor, const void *bytes, size_t length,
                           const struct crimp_internet_address *receiver, const char *path,
                           size_t path_length) {
  int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  union address name;
  socklen_t size = 0;
  if (receiver) {
    size = to_address(&name, receiver);
  } else if (path_length > 0) {
    size = to_unix(&name.local, path, path_length);
    if (size == 0) {
      errno = ENAMETOOLONG;
      return -1;
    }
  }
  return sendto(descriptor, bytes, length, flags, size ? &name.any : NULL, size);
}

int crimp_internet_peer(int descriptor, struct crimp_internet_address *address) {
  union address name;
  socklen_t length = sizeof name;
  if (getpeername(descriptor, &name.any, &length) < 0) return -1;
  *address = from_address(&name, length);
  return 0;
}

int crimp_accept(int descriptor, struct crimp_internet_address *peer) {
  union address name;
  socklen_t length = sizeof name;
  int accepted = accept4(descriptor, &name.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted >= 0) *peer = from_address(&name, length);
  return accepted;
}

int crimp_unsent(int descriptor) {
  int count = 0;
  return ioctl(descriptor, SIOCOUTQ, &count) < 0 ? -1 : count;
}

int crimp_original_destination(int descriptor, uint8_t family,
                               struct crimp_internet_address *address) {
  union address name = {.any.sa_family = AF_UNSPEC};
  socklen_t length = sizeof name;
  int status = family == 6
                   ? getsockopt(descriptor, IPPROTO_IPV6, IP6T_SO_ORIGINAL_DST, &name, &length)
                   : getsockopt(descriptor, IPPROTO_IP, SO_ORIGINAL_DST, &name, &length);
  if (status == 0) *address = from_address(&name, length);
  return status;
}

ssize_t crimp_splice(int from, int to, size_t length) {
  return splice(from, NULL, to, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int crimp_pipe_nonblocking(int descriptors[2]) {
  return pipe2(descriptors, O_CLOEXEC | O_NONBLOCK);
}

int crimp_pipe_set_size(int descriptor, int size) { return fcntl(descriptor, F_SETPIPE_SZ, size); }

union control {
  struct cmsghdr header;
  uint8_t room[CMSG_SPACE(CRIMP_DESCRIPTOR_BATCH * sizeof(int))];
};

ssize_t crimp_descriptors_send(int descriptor, const void *bytes, size_t length,
                               const int *descriptors, unsigned int count) {
  union control control;
  struct iovec piece = {(void *)bytes, length};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  if (count > CRIMP_DESCRIPTOR_BATCH || length == 0) {
    errno = EINVAL;
    return -1;
  }
  if (count > 0) {
    memset(&control, 0, sizeof control);
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(count * sizeof(int)),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  }
  return sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

// Keeps as many of the message's descriptors as there is room for, and closes the rest. Returns how many
// there were, `before` included.
static unsigned int keep(struct cmsghdr *header, int *descriptors, unsigned int before,
                         unsigned int room) {
  size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t n = 0; n < count; n++, before++) {
    int each;
    memcpy(&each, CMSG_DATA(header) + n * sizeof each, sizeof each);
    if (before < room)
      descriptors[before] = each;
    else
      close(each);
  }
  return before;
}

ssize_t crimp_descriptors_receive(int descriptor, void *bytes, size_t capacity, int *descriptors,
                                  unsigned int *count) {
  union control control;
  struct iovec piece = {bytes, capacity};
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  ssize_t received = recvmsg(descriptor, &message, MSG_CMSG_CLOEXEC);
  unsigned int room = *count;
  *count = 0;
  if (received < 0) return received;
  unsigned int came = 0;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each))
    if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_RIGHTS)
      came = keep(each, descriptors, came, room);
  if ((message.msg_flags & MSG_CTRUNC) || came > room) {
    for (unsigned int n = 0; n < came && n < room; n++) close(descriptors[n]);
    errno = EMSGSIZE;
    return -1;
  }
  *count = came;
  return received;
}

int crimp_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group) {
  struct ucred peer = {0, (uid_t)-1, (gid_t)-1};
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  // A TCP socket answers too, with nobody.
  if (peer.uid == (uid_t)-1) {
    errno = EOPNOTSUPP;
    return -1;
  }
  *process = peer.pid;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}

int crimp_datagram_stream_socket(uint8_t family) {
  int domain = family == 6 ? AF_INET6 : family == 4 ? AF_INET : AF_UNIX;
  return socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int crimp_datagram_connect_to_sender(int descriptor) {
  union address sender;
  socklen_t size = sizeof sender;
  char byte;
  if (recvfrom(descriptor, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT, &sender.any, &size) < 0)
    return -1;
  return connect(descriptor, &sender.any, size);
}

int crimp_stream_sign(int descriptor, uint8_t family, const void *key, size_t length) {
  struct tcp_md5sig signature = {.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX};
  if (length > sizeof signature.tcpm_key) {
    errno = EINVAL;
    return -1;
  }
  // A prefix of no bits: whoever the peer is.
  signature.tcpm_addr.ss_family = family == 6 ? AF_INET6 : AF_INET;
  signature.tcpm_keylen = (uint16_t)length;
  memcpy(signature.tcpm_key, key, length);
  int status =
      setsockopt(descriptor, IPPROTO_TCP, TCP_MD5SIG_EXT, &signature, sizeof signature);
  int failure = errno;
  explicit_bzero(&signature, sizeof signature);
  errno = failure;
  return status;
}
