#ifndef CRIMP_CLINUX_H
#define CRIMP_CLINUX_H
#endif
