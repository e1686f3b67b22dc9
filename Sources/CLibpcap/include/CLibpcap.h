#ifndef CRIMP_CLIBPCAP_H
#define CRIMP_CLIBPCAP_H
#endif
