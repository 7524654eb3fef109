"""Outside systems: one file each speaks its protocol, maps its answers onto our errors, bounds what it keeps."""
