"""When it happens: each process in the order it would be told. Only order, timers and conditions; no I/O."""
