pcall(error, "hidden")
