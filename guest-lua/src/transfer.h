/*
** transfer.h: the buffer through which bytes enter and leave the guest without an allocation.
*/
#ifndef BIOXEN_TRANSFER_H
#define BIOXEN_TRANSFER_H

#define TRANSFER_SIZE 16384 /* chosen: holds nearly every call, and one page of it is touched */

extern unsigned char transfer_buffer[TRANSFER_SIZE];

#endif
