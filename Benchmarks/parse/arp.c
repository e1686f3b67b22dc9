// Reads 42-byte ARP frames into a struct with every check that arp-parsing makes, and adds all
// fields up: its baseline.
//
// usage: arp FRAMES-FILE REPETITIONS    prints: NAME MEDIAN-NANOSECONDS MIN-NANOSECONDS CHECKSUM
//        arp write FRAMES-FILE          writes the frames that both programs read
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { frame_bytes = 42, frame_count = 100000, most_repetitions = 1000 };

struct arp {
  uint64_t destination, source, sender, target;
  uint32_t sender_ip, target_ip;
  uint16_t operation;
};

static uint16_t u16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }
static uint32_t u32(const uint8_t *at) { return (uint32_t)u16(at) << 16 | u16(at + 2); }
static uint64_t u48(const uint8_t *at) { return (uint64_t)u16(at) << 32 | u32(at + 2); }

__attribute__((noinline)) static int parse(const uint8_t *frame, size_t length, struct arp *out) {
  if (length < 14) return 0;
  if (u16(frame + 12) != 0x0806) return 0;
  const uint8_t *arp = frame + 14;
  if (length < 14 + 28) return 0;
  if (u16(arp) != 1 || u16(arp + 2) != 0x0800 || arp[4] != 6 || arp[5] != 4) return 0;
  *out = (struct arp){u48(frame), u48(frame + 6), u48(arp + 8), u48(arp + 18),
                      u32(arp + 14), u32(arp + 24), u16(arp + 6)};
  return 1;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static int ascending(const void *left, const void *right) {
  double l = *(const double *)left, r = *(const double *)right;
  return (l > r) - (l < r);
}

/// Requests that differ in all addresses; two in a thousand are of a hardware type of their own.
static int write_frames(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) return 74;
  for (uint32_t index = 0; index < frame_count; index++) {
    uint8_t frame[frame_bytes] = {255, 255, 255, 255, 255, 255, 2, 0};
    const uint8_t fixed[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0};
    for (size_t at = 0; at < sizeof fixed; at++) frame[12 + at] = fixed[at];
    if (index % 500 == 7) frame[15] = 6;
    for (int at = 0; at < 4; at++) {
      uint8_t byte = (uint8_t)(index >> (24 - 8 * at));
      frame[8 + at] = frame[24 + at] = frame[28 + at] = frame[34 + at] = byte;
      frame[38 + at] = (uint8_t)(index * 2654435761u >> (24 - 8 * at));
    }
    fwrite(frame, sizeof frame, 1, file);
  }
  return fclose(file) == 0 ? 0 : 74;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "write") == 0) return write_frames(argv[2]);
  int repetitions = argc == 3 ? atoi(argv[2]) : 0;
  FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!file || repetitions < 1 || repetitions > most_repetitions) return 64;
  static uint8_t bytes[1 << 24];
  size_t count = fread(bytes, frame_bytes, sizeof bytes / frame_bytes, file);
  static double times[most_repetitions];
  uint64_t sum = 0;
  for (int repetition = 0; repetition < repetitions; repetition++) {
    double start = seconds();
    for (size_t index = 0; index < count; index++) {
      struct arp arp;
      if (!parse(bytes + index * frame_bytes, frame_bytes, &arp)) continue;
      sum += arp.destination + arp.source + arp.sender + arp.target + arp.sender_ip + arp.target_ip + arp.operation;
    }
    times[repetition] = (seconds() - start) * 1e9 / (double)count;
  }
  qsort(times, (size_t)repetitions, sizeof times[0], ascending);
  printf("c-struct %.2f %.2f %016llx\n", times[repetitions / 2], times[0], (unsigned long long)sum);
  return 0;
}
