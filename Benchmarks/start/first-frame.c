// From the start of a process to its first frame on the wire, for several programs in turn.
//
// usage: first-frame ROUNDS SENDERS-NAMESPACE RECEIVERS-NAMESPACE INTERFACE < COMMANDS
//
// COMMANDS has a line for each program: a subject, whose it is, and the command, with tabs between.
// Each round runs all of them, the next round begins with the next: nobody always goes first. The
// programs are spawned in the sender's namespace, which this process entered before, so that
// nothing but the program stands between the two instants: the clock read before posix_spawn, and
// the kernel's stamp of the frame at the other end of the wire.
//
// prints: SUBJECT WHOSE MEDIAN-MS MIN-MS MEDIAN-EXIT-MS FRAMES-MISSED, with tabs between
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_programs = 64, most_rounds = 1000, most_words = 32, longest_wait_ms = 5000 };

struct program {
  char *subject, *whose, *words[most_words + 1];
  double first[most_rounds], end[most_rounds];
  int count, missed;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double milliseconds(struct timespec time) { return time.tv_sec * 1e3 + time.tv_nsec / 1e6; }

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return milliseconds(time);
}

static void enter(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET) != 0) fail(path);
  close(descriptor);
}

static int listen_on(const char *interface) {
  int on = 1;
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  address.sll_ifindex = (int)if_nametoindex(interface);
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail(interface);
  return descriptor;
}

/// Whether a frame announces, asks or wakes: ARP, a neighbour advertisement, or a magic packet.
static int counts(const unsigned char *frame, ssize_t length) {
  int type = frame[12] << 8 | frame[13];
  if (type == 0x0842 || (type == ETH_P_IP && length > 48 && frame[23] == 17 && memcmp(frame + 42, "\xff\xff\xff\xff\xff\xff", 6) == 0))
    return 1;
  return type == ETH_P_ARP || (type == ETH_P_IPV6 && length > 54 && frame[20] == 58 && frame[54] == 136);
}

/// The kernel's stamp of the next frame that counts, or -1 when none came in time.
static double next_stamp(int descriptor, int wait_ms) {
  for (;;) {
    struct pollfd event = {.fd = descriptor, .events = POLLIN};
    if (poll(&event, 1, wait_ms) <= 0) return -1;
    unsigned char frame[2048];
    char control[256];
    struct iovec part = {frame, sizeof frame};
    struct sockaddr_ll from;
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(descriptor, &message, MSG_DONTWAIT);
    if (length < 14 || from.sll_pkttype == PACKET_OUTGOING || !counts(frame, length)) continue;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
      return milliseconds(stamp);
    }
  }
}

static void drain(int descriptor) {
  while (next_stamp(descriptor, 20) >= 0) continue;
}

extern char **environ;

static void run(struct program *program, int descriptor) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int output = 1; output <= 2; output++)
    posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
  drain(descriptor);
  pid_t child;
  double start = now(CLOCK_REALTIME), began = now(CLOCK_MONOTONIC);
  if (posix_spawnp(&child, program->words[0], &actions, NULL, program->words, environ) != 0)
    fail(program->words[0]);
  double stamp = next_stamp(descriptor, longest_wait_ms);
  int status;
  waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&actions);
  if (stamp < 0) {
    program->missed++;
    return;
  }
  program->first[program->count] = stamp - start;
  program->end[program->count++] = now(CLOCK_MONOTONIC) - began;
}

static int ascending(const void *left, const void *right) {
  double l = *(const double *)left, r = *(const double *)right;
  return (l > r) - (l < r);
}

static int read_programs(struct program *programs) {
  int count = 0;
  char *line = NULL;
  size_t size = 0;
  while (count < most_programs && getline(&line, &size, stdin) > 0) {
    char *text = strdup(line);
    text[strcspn(text, "\n")] = 0;
    struct program *program = &programs[count];
    program->subject = strsep(&text, "\t");
    program->whose = strsep(&text, "\t");
    if (text == NULL) continue;
    int words = 0;
    for (char *word; words < most_words && (word = strsep(&text, " ")) != NULL;)
      if (*word) program->words[words++] = word;
    count++;
  }
  free(line);
  return count;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fputs("usage: first-frame ROUNDS SENDERS-NAMESPACE RECEIVERS-NAMESPACE INTERFACE < COMMANDS\n", stderr);
    return 64;
  }
  int rounds = atoi(argv[1]);
  if (rounds < 1 || rounds > most_rounds) return 64;
  static struct program programs[most_programs];
  int count = read_programs(programs);
  enter(argv[3]);
  int descriptor = listen_on(argv[4]);
  enter(argv[2]);
  for (int round = -1; round < rounds; round++) {
    for (int place = 0; place < count; place++) run(&programs[(place + round + 1) % count], descriptor);
    // The first round warms the page cache.
    for (int index = 0; round < 0 && index < count; index++) programs[index].count = 0;
  }
  for (int index = 0; index < count; index++) {
    struct program *program = &programs[index];
    int half = program->count / 2;
    qsort(program->first, (size_t)program->count, sizeof(double), ascending);
    qsort(program->end, (size_t)program->count, sizeof(double), ascending);
    printf("%s\t%s\t%.3f\t%.3f\t%.1f\t%d\n", program->subject, program->whose, program->first[half],
           program->first[0], program->end[half], program->missed);
  }
  return 0;
}
