echo a >only.txt
