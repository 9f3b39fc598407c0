echo secret >../secret; ln -s ../secret l
