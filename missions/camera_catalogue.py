"""Figures of real cameras: name, title, sensor width and height (mm), true focal length (mm), pixels across and along.

Sources: the makers' data sheets (first block), QGroundControl's `CameraMetaData.json` (second block), and the camera
models of OpenAthena, which gives pixel sizes and, for thermal cameras, focal lengths (third block).
"""

from __future__ import annotations

from typing import Final

Row = tuple[str, str, float, float, float, int, int]

MAKERS: Final[tuple[Row, ...]] = (
    ("mavic3e", "DJI Mavic 3 Enterprise, wide", 17.3, 13.0, 12.29, 5280, 3956),
    ("mavic3t", "DJI Mavic 3 Thermal, wide", 6.4, 4.8, 4.4, 8000, 6000),
    ("mavic3t-thermal", "DJI Mavic 3 Thermal, thermal", 7.68, 6.144, 9.1, 640, 512),
    ("h20t", "DJI Zenmuse H20T, wide", 6.17, 4.55, 4.5, 4056, 3040),
    ("h20t-thermal", "DJI Zenmuse H20T, thermal", 7.68, 6.144, 13.5, 640, 512),
    ("p1-35", "DJI Zenmuse P1, 35 mm", 35.9, 24.0, 35.0, 8192, 5460),
    ("phantom4pro", "DJI Phantom 4 Pro", 13.2, 8.8, 8.8, 5472, 3648),
    ("mini2", "DJI Mini 2", 6.3, 4.7, 4.49, 4000, 3000),
    ("rx1r2", "Sony RX1R II", 35.9, 24.0, 35.0, 7952, 5304),
    ("pihq-6", "Raspberry Pi HQ camera, 6 mm", 6.287, 4.712, 6.0, 4056, 3040),
    ("vuepro640-13", "FLIR Vue Pro 640, 13 mm", 10.88, 8.704, 13.0, 640, 512),
)
QGROUNDCONTROL: Final[tuple[Row, ...]] = (
    ("s100", "Canon PowerShot S100", 7.6, 5.7, 5.2, 4000, 3000),
    ("eosm-22", "Canon EOS-M, 22 mm", 22.3, 14.9, 22.0, 5184, 3456),
    ("g9x", "Canon PowerShot G9 X", 13.2, 8.8, 10.2, 5488, 3680),
    ("sx260hs", "Canon PowerShot SX260 HS", 6.17, 4.55, 4.5, 4000, 3000),
    ("sequoia-rgb", "Parrot Sequoia, colour", 6.17, 4.63, 4.9, 4608, 3456),
    ("sequoia-mono", "Parrot Sequoia, one band", 4.8, 3.6, 4.0, 1280, 960),
    ("rededge", "MicaSense RedEdge", 4.8, 3.6, 5.5, 1280, 960),
    ("gr2", "Ricoh GR II", 23.7, 15.7, 18.3, 4928, 3264),
    ("sentera-4k", "Sentera Double 4K", 6.2, 4.65, 5.4, 4000, 3000),
    ("sentera-6x", "Sentera 6X", 6.57, 4.93, 8.0, 1904, 1428),
    ("sentera-65r", "Sentera 65R", 29.9, 22.4, 27.4, 9344, 7000),
    ("a6000-16", "Sony a6000, 16 mm", 23.5, 15.6, 16.0, 6000, 4000),
    ("a6000-35", "Sony a6000, 35 mm", 23.5, 15.6, 35.0, 6000, 4000),
    ("a6300-21", "Sony a6300, 21 mm", 23.5, 15.6, 21.0, 6000, 4000),
    ("a6300-28", "Sony a6300, 28 mm", 23.5, 15.6, 28.0, 6000, 4000),
    ("a7r2-21", "Sony a7R II, 21 mm", 35.814, 23.876, 21.0, 7952, 5304),
    ("a7r2-28", "Sony a7R II, 28 mm", 35.814, 23.876, 28.0, 7952, 5304),
    ("a7r3-35", "Sony a7R III, 35 mm", 35.9, 24.0, 35.0, 7952, 5304),
    ("a7r4-35", "Sony a7R IV, 35 mm", 35.7, 23.8, 35.0, 9504, 6336),
    ("rx0", "Sony DSC-RX0", 13.2, 8.8, 7.7, 4800, 3200),
    ("qx1-16", "Sony ILCE-QX1, 16 mm", 23.2, 15.4, 16.0, 5456, 3632),
    ("nex5r-20", "Sony NEX-5R, 20 mm", 23.2, 15.4, 20.0, 4912, 3264),
    ("rx100m2", "Sony RX100 II, 28 mm equivalent", 13.2, 8.8, 10.4, 5472, 3648),
    ("e50", "Yuneec E50", 6.2372, 4.7058, 7.2, 4000, 3000),
    ("e90", "Yuneec E90", 13.3056, 8.656, 8.29, 5472, 3648),
    ("duopro-19", "FLIR Duo Pro R, thermal, 19 mm", 10.88, 8.704, 19.0, 640, 512),
    ("wiris-35", "Workswell Wiris Security, thermal, 35 mm", 13.6, 10.2, 35.0, 800, 600),
)
OPENATHENA: Final[tuple[Row, ...]] = (
    ("mavic2ea-thermal", "DJI Mavic 2 Enterprise Advanced, thermal", 7.68, 6.144, 9.12, 640, 512),
    ("xt-9", "DJI Zenmuse XT, thermal, 9 mm", 10.88, 8.704, 9.0, 640, 512),
    ("evo2-640t", "Autel EVO II Dual 640T, thermal", 7.68, 6.144, 13.0, 640, 512),
    ("evolite-640t", "Autel EVO Lite 640T, thermal", 7.68, 6.144, 9.1, 640, 512),
    ("skydiox2-thermal", "Skydio X2, thermal", 3.84, 3.072, 9.1, 320, 256),
    ("skydiox10-thermal", "Skydio X10, thermal", 7.666, 6.102, 13.6, 640, 512),
    ("anafi-thermal", "Parrot Anafi Thermal and USA, thermal", 3.84, 3.072, 4.3, 320, 256),
    ("boson640-9", "FLIR Boson 640, 8.7 mm", 7.68, 6.144, 8.7, 640, 512),
    ("boson640-18", "FLIR Boson 640, 18 mm", 7.68, 6.144, 18.0, 640, 512),
)
CATALOGUE: Final = (*MAKERS, *QGROUNDCONTROL, *OPENATHENA)
