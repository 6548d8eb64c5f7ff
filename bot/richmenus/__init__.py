"""Rich menus: declared as data, drawn with Pillow, published to LINE."""
