#ifndef CRIMP_CLINUX_STREAM_H
#define CRIMP_CLINUX_STREAM_H

// Stream sockets and pipes: addresses of UNIX sockets (their length is part of them), accept4(2),
// splice(2) and F_SETPIPE_SZ (behind _GNU_SOURCE), descriptors in control messages (macros).

#include "CLinuxSocket.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The most descriptors that one message of crimp_descriptors_send carries (SCM_MAX_FD).
#define CRIMP_DESCRIPTOR_BATCH 253

/// A socket of SOCK_STREAM for family 4 or 6, or UNIX with family 1, non-blocking and closed on exec;
/// -1 with errno set.
int crimp_stream_socket(uint8_t family);

/// The same of another type: 1 for SOCK_STREAM, 2 for SOCK_DGRAM, 5 for SOCK_SEQPACKET; and of a protocol, 0
/// for the family's own.
int crimp_plain_socket(uint8_t family, int type, int protocol);

/// Receives a message without waiting, and who sent it: `sender` has family 4 or 6, or 1 for UNIX and then
/// `path` has its name of `path_length` bytes, at most 108. With `peek` the message stays where it is. How many
/// bytes it has, or -1 with errno set.
ssize_t crimp_message_receive(int descriptor, void *bytes, size_t capacity, int peek,
                              struct crimp_internet_address *sender, char *path,
                              size_t *path_length);

/// Sends a message without waiting: to `receiver` if that is not null, else to `path` if it has a length, else to
/// whom the socket is connected with. How many bytes went, or -1 with errno set.
ssize_t crimp_message_send(int descriptor, const void *bytes, size_t length,
                           const struct crimp_internet_address *receiver, const char *path,
                           size_t path_length);

/// Two connected UNIX stream sockets, non-blocking and closed on exec. 0, or -1 with errno set.
int crimp_stream_pair(int descriptors[2]);

/// The family of the socket: 4, 6, 1 for UNIX, 0 for another, or -1 with errno set.
int crimp_socket_family(int descriptor);

/// bind(2) and connect(2) with a path, or with a name that begins with a null byte (unix(7), abstract).
/// ENAMETOOLONG when it does not fit.
int crimp_unix_bind(int descriptor, const char *path, size_t length);
int crimp_unix_connect(int descriptor, const char *path, size_t length);

/// The path or abstract name of this end, or of the peer: how many bytes it has, 0 for none, -1 with
/// errno set. At most 108 bytes are written.
ssize_t crimp_unix_name(int descriptor, int peer, char *path);

/// getpeername(2) of an internet socket. 0, or -1 with errno set.
int crimp_internet_peer(int descriptor, struct crimp_internet_address *address);

/// accept4(2), non-blocking and closed on exec. `peer` has family 0 when it is no internet socket's.
int crimp_accept(int descriptor, struct crimp_internet_address *peer);

/// How many bytes the socket has taken that its peer has not acknowledged (SIOCOUTQ), or -1.
int crimp_unsent(int descriptor);

/// Where a connection went before a NAT rule turned it here (SO_ORIGINAL_DST). 0, or -1 with errno set.
int crimp_original_destination(int descriptor, uint8_t family,
                               struct crimp_internet_address *address);

/// splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK.
ssize_t crimp_splice(int from, int to, size_t length);

/// pipe2(2), non-blocking and closed on exec.
int crimp_pipe_nonblocking(int descriptors[2]);

/// F_SETPIPE_SZ: how many bytes the pipe holds from now on, or -1 with errno set.
int crimp_pipe_set_size(int descriptor, int size);

/// Sends `length` bytes, at least one, and with them `count` descriptors (SCM_RIGHTS).
/// How many bytes went, or -1 with errno set.
ssize_t crimp_descriptors_send(int descriptor, const void *bytes, size_t length,
                               const int *descriptors, unsigned int count);

/// Receives bytes and the descriptors that came with them, closed on exec; `count` says how many there
/// is room for and gets how many came. How many bytes came, 0 at the end, -1 with errno set; EMSGSIZE
/// when descriptors were lost for want of room, and then none is left open.
ssize_t crimp_descriptors_receive(int descriptor, void *bytes, size_t capacity, int *descriptors,
                                  unsigned int *count);

/// Which process connected to a UNIX socket or listens at it, and as which user and group (SO_PEERCRED).
/// 0, or -1 with errno set.
int crimp_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group);

/// A socket of SOCK_DGRAM for family 4 or 6, or UNIX with family 1, non-blocking and closed on exec; of
/// version 6 it takes IPv4 too, as the system has it. -1 with errno set.
int crimp_datagram_stream_socket(uint8_t family);

/// Names the sender of the datagram that waits as the socket's peer (connect(2)), and leaves the datagram
/// where it is. 0, or -1 with errno set.
int crimp_datagram_connect_to_sender(int descriptor);

/// The longest key of crimp_stream_sign.
#define CRIMP_SIGNATURE_KEY_LIMIT 80

/// Has segments from and to every peer of the family signed by MD5 with the key (TCP_MD5SIG_EXT).
/// 0, or -1 with errno set.
int crimp_stream_sign(int descriptor, uint8_t family, const void *key, size_t length);

#endif
