echo a >'é中.txt'; mkdir 'ü ü'; echo b >'ü ü/b'
