// getopt(3) and getopt_long(3) without their global variables, which Swift 6 does not let through.
#ifndef CRIMP_CLINUX_GETOPT_H
#define CRIMP_CLINUX_GETOPT_H

#include <getopt.h>

/// Makes the next step the first one of a new command line.
void crimp_getopt_restart(void);

/// One step of getopt_long(3), or of getopt(3) when `longs` is null: the option's letter, '?' when
/// there is no such option or its argument is missing (which was complained about on standard
/// error), -1 at the end. `argument` gets the option's argument or null.
int crimp_getopt_step(int count, char *const arguments[], const char *letters,
                      const struct option *longs, const char **argument);

/// Where the operands begin in `arguments`, once a step returned -1.
int crimp_getopt_operands(void);

#endif
