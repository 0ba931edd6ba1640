# The tag of the exception that longjmp throws. The compiler's C library refers to it and leaves its
# definition to the program.
	.globl	__c_longjmp
	.tagtype	__c_longjmp i32
__c_longjmp:
