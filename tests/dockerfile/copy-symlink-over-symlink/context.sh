mkdir d; ln -s new d/l
