// The mathematical functions of the shipped binary (Scripts/release.sh): each looks up the one of libm
// when it is first called. Swift's libraries name a hundred of them and a start calls none, but to open
// and relocate libm takes the loader a tenth of a millisecond, each time.
#ifdef CRIMP_SHIPPED

#include <dlfcn.h>
#include <stdlib.h>

static void *found(const char *name) {
  void *library = dlopen("libm.so.6", RTLD_LAZY);
  void *function = library ? dlsym(library, name) : NULL;
  // libm comes with libc: where it is missing, nothing runs.
  if (!function) abort();
  return function;
}

#define FUNCTION(result, name, parameters, arguments)                         \
  result name parameters {                                                    \
    static result(*function) parameters;                                      \
    if (!function) function = (result(*) parameters)found(#name);             \
    return function arguments;                                                \
  }

#define ONE(real, name) FUNCTION(real, name, (real x), (x))
#define TWO(real, name) FUNCTION(real, name, (real x, real y), (x, y))
#define THREE(real, name) FUNCTION(real, name, (real x, real y, real z), (x, y, z))
#define SIGN(real, name) FUNCTION(real, name, (real x, int *sign), (x, sign))
#define QUOTIENT(real, name) FUNCTION(real, name, (real x, real y, int *quotient), (x, y, quotient))
#define TEXT(real, name) FUNCTION(real, name, (const char *text), (text))
#define ORDER(real, name) FUNCTION(real, name, (int order, real x), (order, x))

#define EVERY(shape, name) shape(double, name) shape(float, name##f) shape(long double, name##l)

EVERY(ONE, acos)
EVERY(ONE, acosh)
EVERY(ONE, asin)
EVERY(ONE, asinh)
EVERY(ONE, atan)
EVERY(ONE, atanh)
EVERY(ONE, cbrt)
EVERY(ONE, ceil)
EVERY(ONE, cos)
EVERY(ONE, cosh)
EVERY(ONE, erf)
EVERY(ONE, erfc)
EVERY(ONE, exp)
EVERY(ONE, exp2)
EVERY(ONE, expm1)
EVERY(ONE, floor)
EVERY(ONE, log)
EVERY(ONE, log10)
EVERY(ONE, log1p)
EVERY(ONE, log2)
EVERY(ONE, logb)
EVERY(ONE, nearbyint)
EVERY(ONE, rint)
EVERY(ONE, round)
EVERY(ONE, sin)
EVERY(ONE, sinh)
EVERY(ONE, sqrt)
EVERY(ONE, tan)
EVERY(ONE, tanh)
EVERY(ONE, tgamma)
EVERY(ONE, trunc)
EVERY(TWO, atan2)
EVERY(TWO, fdim)
EVERY(TWO, fmax)
EVERY(TWO, fmin)
EVERY(TWO, fmod)
EVERY(TWO, hypot)
EVERY(TWO, nextafter)
EVERY(TWO, pow)
EVERY(TWO, remainder)
EVERY(THREE, fma)
SIGN(double, lgamma_r)
SIGN(float, lgammaf_r)
SIGN(long double, lgammal_r)
EVERY(QUOTIENT, remquo)
EVERY(TEXT, nan)
ORDER(double, jn)
ORDER(double, yn)

#endif
