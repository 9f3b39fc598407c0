echo a >a
echo odd >--odd
