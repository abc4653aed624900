"""The thin rasa-sdk actions: they carry messages to the checklist core and its answers back, and decide nothing."""
