"""Operations: schema, backup, retention, data keys, dead letters, heartbeats and what is measured."""
