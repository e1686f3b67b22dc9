#ifndef CRIMP_CLIBNET_H
#define CRIMP_CLIBNET_H
#endif
