"""What accountants read and take away: slips, registers, exports. Reads of everything below."""
