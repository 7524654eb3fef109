"""What a process is put together from: settings, adapters and activities; the roots are worker, starter and console."""
