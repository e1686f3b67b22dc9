#ifndef CRIMP_CLINUX_PACKET_H
#define CRIMP_CLINUX_PACKET_H

// AF_PACKET: the structures that Swift's Glibc module hides, and the three things that only C
// can do: control messages (macros), recvmmsg and sendmmsg (behind _GNU_SOURCE), and an atomic
// load from memory shared with the kernel.

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stddef.h>
#include <stdint.h>

/// The most frames that one call of crimp_packet_receive or crimp_packet_send takes.
#define CRIMP_PACKET_BATCH 64

/// What the kernel says of one received frame, gathered from its address and control messages.
struct crimp_packet_facts {
  uint32_t stored_length;    ///< bytes in the buffer
  uint32_t original_length;  ///< bytes that the frame had (MSG_TRUNC), without a removed tag
  uint32_t status;           ///< TP_STATUS_* of PACKET_AUXDATA
  uint16_t vlan_tci;         ///< valid when status has TP_STATUS_VLAN_VALID
  uint16_t vlan_tpid;        ///< valid when status has TP_STATUS_VLAN_TPID_VALID
  int64_t seconds;           ///< SO_TIMESTAMPNS, UTC; 0 when absent
  uint32_t nanoseconds;
  int32_t interface_index;
  uint8_t packet_type;       ///< PACKET_HOST … PACKET_OUTGOING
};

/// Receives up to `count` frames without waiting. Frame n is stored `headroom` bytes after
/// `buffer + n * stride`, cut at `stride - headroom` bytes; facts[n] describes it.
/// Returns how many came, or -1 with errno set.
int crimp_packet_receive(int descriptor, uint8_t *buffer, size_t stride, size_t headroom,
                         unsigned int count, struct crimp_packet_facts *facts);

/// Sends frames that lie one after another in `bytes`; frame n ends before `ends[n]`, and the
/// first starts at `start`. Returns how many the kernel took, or -1 with errno set when it
/// refused the first.
int crimp_packet_send(int descriptor, const uint8_t *bytes, size_t start, const size_t *ends,
                      unsigned int count);

/// The low 16 flags (IFF_*) of the interface with this index, in the namespace of the socket
/// `descriptor`, or -1 with errno set.
int crimp_interface_flags(int descriptor, int32_t index);

/// Makes the interface with this index take frames for the link-layer address of `length` bytes,
/// a group's or another station's (`type`: PACKET_MR_MULTICAST, PACKET_MR_UNICAST), until the socket
/// `descriptor` is closed. Returns 0, or -1 with errno set.
int crimp_packet_join(int descriptor, int32_t index, uint16_t type, const uint8_t *address,
                      size_t length);

/// Has the adapter of the interface with this index stamp every frame that it receives, and a ring of the
/// socket `descriptor` show those stamps. Returns 0, or -1 with errno set: EOPNOTSUPP when it cannot.
int crimp_packet_stamp_by_hardware(int descriptor, int32_t index);

/// The status word of a TPACKET_V3 block, read with acquire ordering: what the kernel wrote
/// before it handed the block over is visible after it.
uint32_t crimp_packet_block_status(const struct tpacket_block_desc *block);

/// Hands a TPACKET_V3 block back to the kernel, with release ordering.
void crimp_packet_release_block(struct tpacket_block_desc *block);

#endif
