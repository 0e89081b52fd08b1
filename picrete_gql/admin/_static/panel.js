"use strict";
(() => {
  // The library looks for its token in a cookie that scripts may read. Ours stands in the page instead.
  const token = document.querySelector('meta[name="csrf"]').content;
  const read = Cookies.get.bind(Cookies);
  Cookies.get = (name) => (name === "starlette_admin_csrftoken" ? token : read(name));

  // Handlers that templates of the library would run from attributes, which the policy does not allow.
  document.querySelectorAll("select[data-on-change]").forEach((select) => {
    select.addEventListener("change", () => { window.location = select.value; });
  });
  document.querySelectorAll("button[data-on-click]").forEach((button) => {
    button.addEventListener("click", () => applyColumnVisibility());
  });
})();
