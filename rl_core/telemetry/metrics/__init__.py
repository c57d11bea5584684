"""Every metric, declared beside its formula; a file dropped in here appears in the catalog and on the desk."""
