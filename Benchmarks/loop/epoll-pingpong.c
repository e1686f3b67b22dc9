// Eight bytes there and back over a socket pair, both ends in one level-triggered epoll set: the
// least that a loop can do, six system calls a round trip. The baseline of eventloop-pingpong.
//
// usage: epoll-pingpong [ROUND-TRIPS [REPETITIONS]]
// prints: NAME MEDIAN-NANOSECONDS MIN-NANOSECONDS
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static int ascending(const void *left, const void *right) {
  double l = *(const double *)left, r = *(const double *)right;
  return (l > r) - (l < r);
}

/// Passes the ball from end to end; returns the nanoseconds of one round trip.
static double play(int epoll, const int ends[2], long round_trips) {
  char ball[8] = {0};
  long left = round_trips;
  double start = seconds();
  if (write(ends[0], ball, sizeof ball) != sizeof ball) abort();
  while (left > 0) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      int end = events[i].data.fd;
      if (read(end, ball, sizeof ball) != sizeof ball) abort();
      if (end == ends[0] && --left == 0) break;
      if (write(end, ball, sizeof ball) != sizeof ball) abort();
    }
  }
  return (seconds() - start) * 1e9 / round_trips;
}

int main(int argc, char **argv) {
  long round_trips = argc > 1 ? atol(argv[1]) : 100000;
  int repetitions = argc > 2 ? atoi(argv[2]) : 7;
  if (round_trips < 1 || repetitions < 1 || repetitions > 1000) return 64;

  int ends[2], epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) {
    perror("epoll-pingpong");
    return 71;
  }
  for (int i = 0; i < 2; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = ends[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i], &event) < 0) return 71;
  }

  double times[1000];
  play(epoll, ends, round_trips / 10 + 1);
  for (int i = 0; i < repetitions; i++) times[i] = play(epoll, ends, round_trips);
  qsort(times, repetitions, sizeof times[0], ascending);
  printf("c-epoll %.0f %.0f\n", times[repetitions / 2], times[0]);
}
