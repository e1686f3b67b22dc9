#ifndef CRIMP_CLIBPCAP_H
#define CRIMP_CLIBPCAP_H

// The few declarations of libpcap's stable ABI (1.9 or later) that Crimp uses. The library is
// loaded at first use with dlopen, so neither its headers nor its linker name is needed to build.

#include <stdint.h>
#include <sys/time.h>

/// A capture handle; opaque.
struct crimp_pcap;

/// What libpcap says of one frame (struct pcap_pkthdr). With nanosecond precision asked for,
/// tv_usec counts nanoseconds.
struct crimp_pcap_header {
  struct timeval timestamp;
  uint32_t captured_length;
  uint32_t original_length;
};

/// One instruction of a compiled filter (struct bpf_insn).
struct crimp_pcap_instruction {
  uint16_t code;
  uint8_t jump_true;
  uint8_t jump_false;
  uint32_t operand;
};

/// A compiled filter (struct bpf_program).
struct crimp_pcap_program {
  unsigned int count;
  struct crimp_pcap_instruction *instructions;
};

/// Counters since the handle was activated (struct pcap_stat).
struct crimp_pcap_statistics {
  unsigned int received;
  unsigned int dropped;
  unsigned int dropped_by_interface;
};

#define CRIMP_PCAP_ERROR_TEXT_SIZE 256
#define CRIMP_PCAP_ERROR_NO_SUCH_DEVICE (-5)
#define CRIMP_PCAP_ERROR_PERMISSION (-8)
#define CRIMP_PCAP_ERROR_INTERFACE_DOWN (-9)
#define CRIMP_PCAP_ERROR_PROMISCUOUS_PERMISSION (-11)
#define CRIMP_PCAP_PRECISION_NANOSECONDS 1
#define CRIMP_PCAP_NETMASK_UNKNOWN 0xffffffffu

#endif
