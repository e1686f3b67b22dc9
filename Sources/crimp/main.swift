print("crimp")
