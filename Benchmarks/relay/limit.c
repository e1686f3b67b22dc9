// What a relay in user space can reach on this kernel: one thread, epoll, no features. Two loops, by copies
// and by splice(2) through pipes of 1 MiB; half-close is passed on, nothing else is looked at.
//
// usage: limit copy|splice LISTEN-PORT TARGET-PORT        both on 127.0.0.1
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (256 * 1024)
#define PIPE (1024 * 1024)

struct end {
  int descriptor;
  struct end *other;
  // Of the bytes that are read here.
  int pipe[2];
  size_t pending;
  char *kept;
  size_t offset;
  int can_read, can_write, ended, is_last;
};

static int epoll_set, splices;
static char buffer[BUFFER];
static struct end *closed[4096];
static int closed_count;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void finish(struct end *end) {
  struct end *both[2] = {end, end->other};
  for (int n = 0; n < 2; n++) {
    if (both[n]->descriptor < 0) return;
    close(both[n]->descriptor);
    both[n]->descriptor = -1;
    if (both[n]->pipe[0] >= 0) {
      close(both[n]->pipe[0]);
      close(both[n]->pipe[1]);
    }
    free(both[n]->kept);
    closed[closed_count++] = both[n];
  }
}

// 1 when all that is pending was written, 0 when not, -1 at an error.
static int flush(struct end *from) {
  struct end *to = from->other;
  while (from->pending > 0) {
    if (!to->can_write) return 0;
    ssize_t count = splices ? splice(from->pipe[0], NULL, to->descriptor, NULL, from->pending,
                                     SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
                            : send(to->descriptor, from->kept + from->offset, from->pending, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) {
      to->can_write = 0;
    } else if (count <= 0) {
      return -1;
    } else {
      from->pending -= (size_t)count;
      from->offset += (size_t)count;
    }
  }
  return 1;
}

static int copy_once(struct end *from) {
  ssize_t count = recv(from->descriptor, buffer, sizeof buffer, 0);
  if (count <= 0) return (int)count;
  ssize_t sent = send(from->other->descriptor, buffer, (size_t)count, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return -2;
  if (sent < 0) sent = 0;
  if (sent < count) {
    from->other->can_write = 0;
    if (!from->kept) from->kept = malloc(BUFFER);
    memcpy(from->kept, buffer + sent, (size_t)(count - sent));
    from->pending = (size_t)(count - sent);
    from->offset = 0;
  }
  // Behind what was read stands the end, of which nothing new is told.
  if (count < BUFFER && !from->is_last) from->can_read = 0;
  return 1;
}

static int splice_once(struct end *from) {
  if (from->pipe[0] < 0) {
    if (pipe2(from->pipe, O_NONBLOCK | O_CLOEXEC) < 0) fail("pipe2");
    fcntl(from->pipe[0], F_SETPIPE_SZ, PIPE);
  }
  ssize_t count = splice(from->descriptor, NULL, from->pipe[1], NULL, PIPE,
                         SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (count <= 0) return (int)count;
  from->pending = (size_t)count;
  return 1;
}

// Moves all that can be moved from `from` to the other end; 0 when both are closed.
static int move(struct end *from) {
  while (1) {
    int flushed = flush(from);
    if (flushed < 0) return finish(from), 0;
    if (!flushed || from->ended || !from->can_read) return 1;
    int status = splices ? splice_once(from) : copy_once(from);
    if (status == -1 && errno == EAGAIN) {
      from->can_read = 0;
    } else if (status < 0) {
      return finish(from), 0;
    } else if (status == 0) {
      from->ended = 1;
      shutdown(from->other->descriptor, SHUT_WR);
      if (from->other->ended) return finish(from), 0;
    }
  }
}

static void watch(int descriptor, void *data) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = data};
  if (epoll_ctl(epoll_set, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
}

static void accept_all(int listener, int target) {
  int descriptor;
  while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct sockaddr_in to = local(target);
    int other = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (other < 0) fail("socket");
    setsockopt(other, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(other, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fail("connect");
    struct end *near = calloc(1, sizeof *near), *far = calloc(1, sizeof *far);
    *near = (struct end){.descriptor = descriptor, .other = far, .pipe = {-1, -1}, .can_write = 1};
    *far = (struct end){.descriptor = other, .other = near, .pipe = {-1, -1}};
    watch(descriptor, near);
    watch(other, far);
  }
}

int main(int count, char **arguments) {
  if (count != 4) return fprintf(stderr, "usage: limit copy|splice LISTEN-PORT TARGET-PORT\n"), 64;
  splices = strcmp(arguments[1], "splice") == 0;
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in at = local(atoi(arguments[2]));
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 4096) < 0) fail("listen");
  epoll_set = epoll_create1(EPOLL_CLOEXEC);
  watch(listener, NULL);
  struct epoll_event events[256];
  while (1) {
    int ready = epoll_wait(epoll_set, events, 256, -1);
    for (int n = 0; n < ready; n++) {
      struct end *end = events[n].data.ptr;
      if (!end) {
        accept_all(listener, atoi(arguments[3]));
        continue;
      }
      if (end->descriptor < 0) continue;
      if (events[n].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) end->can_read = 1;
      if (events[n].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) end->is_last = 1;
      if (events[n].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) end->can_write = 1;
      if (move(end)) move(end->other);
    }
    while (closed_count > 0) free(closed[--closed_count]);
  }
}
