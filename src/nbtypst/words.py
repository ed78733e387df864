"""The few words that the exporters themselves put into a document.

`LANGUAGES` names figures, tables and the contents; an exporter's option `languages` adds to it.
`LEFT_OUT` says what stands in the place of something that cannot be set.
"""

LANGUAGES = {
    "en": {
        "figure": "Figure",
        "table": "Table",
        "contents": "Contents",
        "skip": "Skip to the text",
        "page": "In another language",
        "back": "Back to the text",
        "part": "part {} of {}",
        "footnotes": "Notes",
        "not_shown": "Not shown",
    },
    "vi": {
        "figure": "Hình",
        "table": "Bảng",
        "contents": "Mục lục",
        "skip": "Tới nội dung",
        "page": "Bản tiếng khác",
        "back": "Trở lại chỗ đọc",
        "part": "phần {} trên {}",
        "footnotes": "Chú thích",
        "not_shown": "Không hiển thị",
        "region": "VN",
    },
}
LEFT_OUT = {
    "en": {
        "script": "what a script draws in a browser",
        "widget": "a widget, which needs a running notebook",
        "frame": "a page within the page",
        "media": "sound or video",
        "form": "data of a type that cannot be printed",
        "remote": "a picture from an address, which is not fetched",
        "missing": "a picture that is not there",
        "damaged": "a picture that cannot be read",
        "formula": "the typeset form of a formula; its source is printed",
        "raw": "a raw cell for another format",
        "glyph": "a character that no typeface has",
        "gradient": "bars or shades drawn within cells; their text is set",
    },
    "vi": {
        "script": "phần do mã kịch bản vẽ trong trình duyệt",
        "widget": "thành phần tương tác, cần sổ tay đang chạy",
        "frame": "trang lồng trong trang",
        "media": "âm thanh hoặc video",
        "form": "dữ liệu thuộc kiểu không in được",
        "remote": "ảnh ở một địa chỉ mạng, không được tải về",
        "missing": "ảnh không tìm thấy",
        "damaged": "ảnh không đọc được",
        "formula": "dạng dàn chữ của công thức; in mã nguồn thay vào",
        "raw": "ô thô dành cho định dạng khác",
        "glyph": "ký tự không phông chữ nào có",
        "gradient": "thanh hoặc dải màu vẽ trong ô; chữ trong ô vẫn được in",
    },
}
