error("my own message")
