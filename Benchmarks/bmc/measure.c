// What one run of a program costs.
//
// usage: measure SUFFIX COMMAND [ARGUMENT...]
//
// prints: MILLISECONDS-WALL MILLISECONDS-PROCESSOR MEGABYTES RESULTS, with tabs between. A result is a
// line on the program's standard output that ends with SUFFIX. The wall's clock runs from before
// posix_spawn until the program has been waited for.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double spent(struct timeval time) { return time.tv_sec * 1e3 + time.tv_usec / 1e3; }

int main(int count, char **words) {
  if (count < 3) {
    fprintf(stderr, "usage: measure SUFFIX COMMAND [ARGUMENT...]\n");
    return 64;
  }
  FILE *output = tmpfile();
  if (!output) fail("tmpfile");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, fileno(output), 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);

  pid_t child;
  double begin = milliseconds();
  if (posix_spawnp(&child, words[2], &actions, NULL, words + 2, environ)) fail(words[2]);
  struct rusage usage;
  int status;
  if (wait4(child, &status, 0, &usage) != child) fail("wait4");
  double end = milliseconds();

  size_t results = 0, room = 0, suffix = strlen(words[1]);
  char *line = NULL;
  ssize_t length;
  rewind(output);
  while ((length = getline(&line, &room, output)) > 0) {
    if (line[length - 1] == '\n') line[--length] = 0;
    if ((size_t)length >= suffix && !strcmp(line + length - suffix, words[1])) results++;
  }
  printf("%.2f\t%.2f\t%.1f\t%zu\n", end - begin, spent(usage.ru_utime) + spent(usage.ru_stime),
         usage.ru_maxrss / 1024.0, results);
  return 0;
}
