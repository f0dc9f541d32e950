os.execute("touch stolen")
