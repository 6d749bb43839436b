"""Dayrate: a casting and crew marketplace with day-rate payroll."""
