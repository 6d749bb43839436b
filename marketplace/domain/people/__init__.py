"""Profiles: stage name apart from legal name, availability, how a person is paid."""
