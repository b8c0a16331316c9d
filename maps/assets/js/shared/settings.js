// What the server wrote into the page, and the map that Folium made.
export const settings = JSON.parse(document.getElementById('settings').textContent);
export const map = globalThis.map_main;
