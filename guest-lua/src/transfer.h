/*
** transfer.h: the buffer through which bytes enter and leave the guest without an allocation.
*/
#ifndef BIOXEN_TRANSFER_H
#define BIOXEN_TRANSFER_H

#define TRANSFER_SIZE 16384 /* chosen: holds nearly every call; what is not used is not touched */

extern unsigned char *transfer_buffer; /* set when the image is made */

#endif
