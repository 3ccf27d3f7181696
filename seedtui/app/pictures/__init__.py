"""Pictures in memory: shown, compared, put on a sheet."""
