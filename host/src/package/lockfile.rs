//! What was installed, to the byte: the lock file of an environment.
