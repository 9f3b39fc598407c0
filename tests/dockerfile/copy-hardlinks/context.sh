mkdir d; echo a >d/a; ln d/a d/b; mkdir d/s; ln d/a d/s/c; ln d/a outside
