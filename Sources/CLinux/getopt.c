#include "CLinuxGetopt.h"

#include <stddef.h>
#include <unistd.h>

void crimp_getopt_restart(void) { optind = 0; }

int crimp_getopt_step(int count, char *const arguments[], const char *letters,
                      const struct option *longs, const char **argument) {
  optarg = NULL;
  int letter = longs ? getopt_long(count, arguments, letters, longs, NULL)
                     : getopt(count, arguments, letters);
  *argument = optarg;
  return letter;
}

int crimp_getopt_operands(void) { return optind; }
