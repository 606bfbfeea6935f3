/* posix.h - first in the file: what of POSIX the command line may use, said before any system header is read */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
