"""What a day pays, for anybody who asks: no account, nothing stored."""
