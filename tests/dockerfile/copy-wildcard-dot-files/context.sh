echo h >.hid; echo v >vis
